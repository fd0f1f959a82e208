// One example of a help text, taken apart as a shell would: words, quotes, variables, `~`, and files for stdin and stdout.
// What needs more than that, a pipe or a command in a command, is for a real shell.

export interface ExampleLine {
  /** Without the program. */
  readonly args: readonly string[]
  readonly stdin: string | undefined
  readonly stdout: string | undefined
}

/** Undefined for a line that only a shell can run. Throws when a variable has no value. */
export function parseExample(line: string, env: Readonly<Record<string, string>>): ExampleLine | undefined {
  if (!line.startsWith('ledgerd ')) return undefined
  const words: string[] = []
  for (const [word] of line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)) {
    if (/^[|&;]$/.test(word) || word.includes('$(')) return undefined
    words.push(expand(word, env))
  }
  const redirected = (sign: string): string | undefined => {
    const at = words.indexOf(sign)
    return at === -1 ? undefined : words.splice(at, 2)[1]
  }
  const [stdin, stdout] = [redirected('<'), redirected('>')]
  return { args: words.slice(1), stdin, stdout }
}

function expand(word: string, env: Readonly<Record<string, string>>): string {
  const valueOf = (text: string): string =>
    text.replaceAll(/\$(\w+)/g, (_, name: string) => {
      const value = env[name]
      if (value === undefined) throw new Error(`the example has a variable that nobody filled: ${name}`)
      return value
    })
  return word
    .replace(/^~(?=\/)/, env['HOME'] ?? '~')
    .replaceAll(/'([^']*)'|"([^"]*)"|([^'"]+)/g, (_, exact?: string, filled?: string, bare?: string) =>
      exact === undefined ? valueOf(filled ?? bare ?? '') : exact,
    )
}
