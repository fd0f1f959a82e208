// The laboratory over a daemon with one bug planted into it: PLANT names it. A bug whose text is no longer there is an error.
import path from 'node:path'
import { mergeConfig, type ViteUserConfig } from 'vitest/config'
import { plantedBugs } from './planted-bugs.ts'
import usual from './vitest.config.ts'

const source = path.join(import.meta.dirname, '../src')
const bug = plantedBugs.find(({ name }) => name === process.env['PLANT'])
if (bug === undefined) throw new Error(`no planted bug is named ${process.env['PLANT']}`)

const planting: ViteUserConfig = {
  plugins: [
    {
      name: 'planted-bug',
      enforce: 'pre',
      transform: (code: string, id: string) => {
        const edits = bug.edits.filter(({ file }) => id === path.join(source, file))
        return edits.length === 0 ? undefined : edits.reduce((text, { find, put }) => edited(text, find, put), code)
      },
    },
  ],
}

function edited(code: string, find: string, put: string): string {
  if (code.split(find).length !== 2) throw new Error(`${bug?.name}: PLANT NO LONGER APPLIES, not there once: ${find}`)
  return code.replace(find, () => put)
}

export default mergeConfig(usual, planting)
