// A turn as lines for a terminal. What players typed is hostile: control characters and marks that reorder text are
// shown, never sent.
import type pc from 'picocolors'
import type { AxisChange, Turn } from './turn.ts'

type Colors = ReturnType<typeof pc.createColors>

const becauseOf: Readonly<Record<string, string>> = {
  'fallback.api_error': 'stays as typed: the translation service did not answer',
  'fallback.validation_failed': 'stays as typed: the translation was refused',
}

/** Two lines: who said what to whom, and what became of it. */
export function formatTurn(world: string, turn: Turn, colors: Colors): string {
  const { speaker, listener, channel, said, became, status, changes, seq } = turn
  const who = colors.bold(visible(speaker)) + (listener === undefined ? '' : ` to ${visible(listener)}`)
  const place = colors.dim(`${world.padEnd(18)}${String(seq).padStart(4)}`)
  const result = became === null ? colors.yellow(becauseOf[status] ?? status) : colors.green(`“${visible(became)}”`)
  return [
    `${place}  ${who} ${colors.dim(channel)}  “${visible(said)}”`,
    `${' '.repeat(24)}${result}  ${formatChanges(changes, speaker, colors)}`,
  ].join('\n')
}

/** Characters that would move the cursor, change colours or turn the reading direction, as their code points. */
export function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return `<${code.toString(16).toUpperCase().padStart(4, '0')}>`
  })
}

function formatChanges(changes: readonly AxisChange[] | undefined, speaker: string, colors: Colors): string {
  if (changes === undefined) return colors.dim('no mechanical counterpart')
  if (changes.length === 0) return colors.dim('nothing changed')
  return changes
    .map(({ character, axis, before, after }) => {
      const arrow = after > before ? colors.cyan('▲') : colors.magenta('▼')
      const whose = character === speaker ? '' : `${visible(character)}’s `
      return `${whose}${axis} ${before.toFixed(3)} ${arrow} ${after.toFixed(3)}`
    })
    .join(colors.dim(' · '))
}
