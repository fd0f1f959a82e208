// The kept inputs of the fuzz targets: a folder of `vectors/fuzz` each, one file an input, named by its hash.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

const corpusRoot = path.resolve(import.meta.dirname, '../../../vectors/fuzz')

/** The kept inputs of a target. */
export function corpusOf(target: string): Uint8Array[] {
  const folder = path.join(corpusRoot, target)
  if (!fs.existsSync(folder)) return []
  const names = fs.readdirSync(folder).sort()
  return names.map((name) => fs.readFileSync(path.join(folder, name)))
}

/** Of inputs that showed a defect: they stay for good. */
const foundPrefix = 'found-'

/** Every test run reads the corpus: few inputs, and small ones. */
const inputsMax = 60
const inputBytesMax = 1024

/** Puts a corpus in the place of the one that was kept; its smallest inputs stay. */
export function keepCorpus(target: string, corpus: readonly Uint8Array[]): void {
  const folder = path.join(corpusRoot, target)
  const small = corpus.filter(({ length }) => length <= inputBytesMax).sort((left, right) => left.length - right.length)
  fs.mkdirSync(folder, { recursive: true })
  for (const name of fs.readdirSync(folder)) if (!name.startsWith(foundPrefix)) fs.rmSync(path.join(folder, name))
  for (const input of small.slice(0, inputsMax)) fs.writeFileSync(path.join(folder, nameOf(input)), input)
}

/** Keeps one input for good: it showed a defect. */
export function keepFinding(target: string, input: Uint8Array): void {
  const folder = path.join(corpusRoot, target)
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, `${foundPrefix}${nameOf(input)}`), input)
}

function nameOf(input: Uint8Array): string {
  return createHash('sha256').update(input).digest('hex').slice(0, 16)
}
