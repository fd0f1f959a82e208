import { describe, expect, it } from 'vitest'
import { type Options, parseOptions } from './options.ts'

const defaults: Options = {
  isQuick: false,
  sections: ['append', 'rules', 'follow', 'verify', 'start'],
  jsonFile: undefined,
  writesReadme: false,
  seed: 1,
  parentFolder: undefined,
  profileFolder: undefined,
  inFlight: undefined,
  contenders: undefined,
  isHelp: false,
}

describe('parseOptions', () => {
  const cases: { name: string; input: string[]; want: Partial<Options> }[] = [
    { name: 'nothing given', input: [], want: {} },
    {
      name: 'quick and one section',
      input: ['--quick', '--only', 'append'],
      want: { isQuick: true, sections: ['append'] },
    },
    {
      name: 'sections keep their order',
      input: ['--only', 'start', '--only', 'follow'],
      want: { sections: ['follow', 'start'] },
    },
    { name: 'what takes long is asked for', input: ['--only', 'many'], want: { sections: ['many'] } },
    { name: 'files', input: ['--json', 'x.json', '--readme'], want: { jsonFile: 'x.json', writesReadme: true } },
    { name: 'levels', input: ['--in-flight', '64', '--in-flight=1'], want: { inFlight: [64, 1] } },
    { name: 'the seed', input: ['--seed', '42'], want: { seed: 42 } },
    { name: 'help', input: ['-h'], want: { isHelp: true } },
  ]
  for (const { name, input, want } of cases) {
    it(name, () => expect(parseOptions(input)).toEqual({ ...defaults, ...want }))
  }

  const refused = [
    { name: 'an unknown flag', input: ['--fast'] },
    { name: 'an unknown section', input: ['--only', 'appends'] },
    { name: 'a word without a flag', input: ['append'] },
    { name: 'zero in flight', input: ['--in-flight', '0'] },
    { name: 'a seed with a sign', input: ['--seed=-1'] },
    { name: 'a flag without its value', input: ['--json'] },
  ]
  for (const { name, input } of refused) {
    it(`refuses ${name}`, () => expect(() => parseOptions(input)).toThrow('CONFIG_INVALID'))
  }
})
