// The laboratory over a daemon with one bug planted into it: PLANT names it. A bug whose text is no longer there is an error.
import path from 'node:path'
import { mergeConfig, type ViteUserConfig } from 'vitest/config'
import { allPlantedBugs } from './planted-list.ts'
import { plantInto } from './planting.ts'
import usual from './vitest.config.ts'

const source = path.join(import.meta.dirname, '../src')
const bug = allPlantedBugs.find(({ name }) => name === process.env['PLANT'])
if (bug === undefined) throw new Error(`no planted bug is named ${process.env['PLANT']}`)

const planting: ViteUserConfig = {
  plugins: [
    {
      name: 'planted-bug',
      enforce: 'pre',
      transform: (code: string, id: string) => plantInto(bug, path.relative(source, id), code),
    },
  ],
}

export default mergeConfig(usual, planting)
