// Reads a Prometheus text page as strictly as its format is written down: every family has HELP and TYPE once and before
// its samples, names and labels are well-formed, no series comes twice, histograms add up. Throws at the first flaw.

export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly samples: readonly Sample[]
}

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const familyName = /^[a-z][a-z0-9_]*$/
const sampleLine = /^([a-z][a-z0-9_]*)(?:\{(.*)\})? (-?[0-9.e+-]+|NaN|\+Inf|-Inf)$/
const labelPair = /([a-z_][a-z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y

/** The families of a page, by name. */
export function parseExposition(page: string): ReadonlyMap<string, Family> {
  require(page.endsWith('\n'), 'the page ends in LF')
  const families = new Map<string, Family & { readonly samples: Sample[] }>()
  let current: (Family & { readonly samples: Sample[] }) | undefined
  const seen = new Set<string>()
  const lines = page.split('\n').slice(0, -1)
  for (const [at, line] of lines.entries()) {
    if (line === '') continue
    const help = /^# HELP (\S+) (.+)$/.exec(line)
    if (help !== null) {
      const [, name = '', text = ''] = help
      const type = new RegExp(`^# TYPE ${name} (counter|gauge|histogram)$`).exec(lines[at + 1] ?? '')?.[1]
      require(familyName.test(name) && !families.has(name) && type !== undefined, `one HELP, then TYPE: ${line}`)
      current = { name, help: text, type: type as Family['type'], samples: [] }
      families.set(name, current)
    } else if (!line.startsWith('# TYPE ')) {
      const sample = parseSample(line)
      require(current !== undefined && belongs(sample.name, current), `a sample under its family: ${line}`)
      const series = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).toSorted())}`
      require(!seen.has(series), `a series once: ${line}`)
      seen.add(series)
      current?.samples.push(sample)
    } else
      require(lines[at - 1]?.startsWith(`# HELP ${line.split(' ')[2] ?? ''} `) === true, `TYPE after its HELP: ${line}`)
  }
  for (const family of families.values()) checkFamily(family)
  return families
}

function parseSample(line: string): Sample {
  const [, name = '', labelText = '', value = ''] = sampleLine.exec(line) ?? []
  require(name !== '', `a sample: ${line}`)
  const labels: Record<string, string> = {}
  labelPair.lastIndex = 0
  while (labelPair.lastIndex < labelText.length) {
    const [, key = '', text = ''] = labelPair.exec(labelText) ?? []
    require(key !== '' && labels[key] === undefined, `labels: ${line}`)
    labels[key] = text.replaceAll(/\\(["\\n])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
  }
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) }
}

function belongs(sample: string, { name, type }: Family): boolean {
  return sample === name || (type === 'histogram' && ['_bucket', '_sum', '_count'].some((end) => sample === name + end))
}

function checkFamily({ name, help, type, samples }: Family): void {
  require(help.length > 10, `${name} is explained`)
  if (type === 'counter') {
    require(name.endsWith('_total'), `the counter ${name} ends in _total`)
    require(samples.every(({ value }) => value >= 0), `the counter ${name} is not negative`)
  }
  if (type !== 'histogram') return
  const buckets = samples.filter((sample) => sample.name === `${name}_bucket`)
  const bounds = buckets.map(({ labels }) => Number((labels['le'] ?? '').replace('Inf', 'Infinity')))
  require(bounds.length > 1 && bounds.at(-1) === Number.POSITIVE_INFINITY, `${name} has a last bucket +Inf`)
  require(isAscending(bounds) && isAscending(buckets.map(({ value }) => value)), `the buckets of ${name} ascend`)
  const total = samples.find((sample) => sample.name === `${name}_count`)?.value
  require(total === buckets.at(-1)?.value, `${name} counts what its last bucket holds`)
}

function isAscending(values: readonly number[]): boolean {
  return values.every((value, at) => at === 0 || value >= (values[at - 1] ?? 0))
}

function require(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(`the metrics page: ${what}`)
}
