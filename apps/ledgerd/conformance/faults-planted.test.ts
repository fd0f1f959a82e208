// Suite S of reliability §11 in its short form: the text that each planted bug changes still stands there, once. That it is
// seen is for the laboratory.
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { allPlantedBugs } from '../faults/planted-list.ts'
import { plantInto } from '../faults/planting.ts'

const source = path.join(import.meta.dirname, '../src')

describe('still applies', () => {
  it.each(allPlantedBugs)('$name', (bug) => {
    for (const file of new Set(bug.edits.map((edit) => edit.file))) {
      const code = fs.readFileSync(path.join(source, file), 'utf8')
      expect(plantInto(bug, file, code)).not.toBe(code)
    }
  })
})
