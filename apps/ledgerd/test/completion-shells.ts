// Real shells, asked what they complete: each sources the script as its user would, and answers for many lines in one run.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

export interface CompletingShell {
  readonly name: 'bash' | 'zsh' | 'fish'
  /** What is offered for each line, its cursor at the end; without descriptions, sorted. */
  ask(script: string, lines: readonly string[], folder: string): readonly (readonly string[])[]
}

export function isInstalled(shell: string): boolean {
  return spawnSync(shell, ['--version']).status === 0
}

/** As readline parts a line: at spaces, and around `=`. */
const bashDriver = `
source "$1"
for line in "\${@:2}"; do
  read -ra COMP_WORDS <<< "\${line//=/ = }"
  [[ $line == *[\\ =] ]] && COMP_WORDS+=('')
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _ledgerd
  printf '> \\n'
  ((\${#COMPREPLY[@]})) && printf '%s\\n' "\${COMPREPLY[@]}"
done
exit 0
`

const fishDriver = `
source $argv[1]
for line in $argv[2..-1]
  echo '> '
  complete -C $line
end
`

/** Lines are typed into an interactive zsh, whose compadd notes what it is given. */
const zshDriver = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "source $1"
zpty -r -m shell reply '*<asked>*'
for line in "\${@[2,-1]}"; do
  zpty -n -w shell "$line"$'\\t'
  zpty -r -m shell reply '*<asked>*'
done
zpty -d shell
`
const zshInside = `
PROMPT= RPROMPT=
unsetopt AUTO_LIST AUTO_MENU BEEP
autoload -Uz compinit
compinit -u -D
source $LEDGERD_SCRIPT
compadd() {
  local -a hits
  (( \${@[(I)-[OAD]*]} )) || { builtin compadd -O hits "$@"; print -rl -- $hits >>| $LEDGERD_OFFERED }
  builtin compadd "$@"
}
ask() {
  print -r -- '> ' >>| $LEDGERD_OFFERED
  zle complete-word
  BUFFER=
  print -r -- '<asked>'
}
zle -N ask
bindkey '\\t' ask
print -r -- '<asked>'
`

export const completingShells: readonly CompletingShell[] = [
  {
    name: 'bash',
    ask: (script, lines, folder) =>
      answersIn(run('bash', ['--norc', '-c', bashDriver, 'bash', put(folder, 'script', script), ...lines], folder)),
  },
  {
    name: 'zsh',
    ask: (script, lines, folder) => {
      const offered = put(folder, 'offered', '')
      const env = { LEDGERD_SCRIPT: put(folder, 'script', script), LEDGERD_OFFERED: offered }
      run('zsh', ['-f', '-c', zshDriver, 'zsh', put(folder, 'inside', zshInside), ...lines], folder, env)
      return answersIn(fs.readFileSync(offered, 'utf8'))
    },
  },
  {
    name: 'fish',
    ask: (script, lines, folder) =>
      answersIn(run('fish', ['--no-config', '-c', fishDriver, put(folder, 'script', script), ...lines], folder)),
  },
]

/** Below a folder of its own, so that it is not offered as a file. */
function put(folder: string, name: string, text: string): string {
  const file = path.join(`${folder}.shell`, name)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, text)
  return file
}

function run(shell: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): string {
  const { status, stdout, stderr } = spawnSync(shell, args, {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: `${cwd}.shell`, TERM: 'dumb', ...env },
    timeout: 60_000,
  })
  if (status !== 0 || stderr !== '') throw new Error(`${shell} ended with ${status}: ${stderr}`)
  return stdout
}

function answersIn(text: string): readonly (readonly string[])[] {
  const answers: Set<string>[] = []
  for (const line of text.split('\n')) {
    if (line === '> ') answers.push(new Set())
    else if (line !== '') answers.at(-1)?.add(line.split('\t')[0] ?? '')
  }
  return answers.map((answer) => [...answer].toSorted())
}
