// What a daemon needs of the tools while it serves: the frozen form and its text. Everything that compares, replays or
// generates is behind the door of the package.
export { freezeSchema } from './freeze-schema.ts'
export { formatFrozen, parseFrozen } from './frozen-text.ts'
