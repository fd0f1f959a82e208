// @ledgerd/schema-tools: freezes, compares, replays and documents ledger schema packages. Loaded by the daemon for the
// frozen form alone; everything that compares or generates is loaded when it is asked for.
export { digestOf, freezeSchema } from './frozen/freeze-schema.ts'
export { formatFrozen, parseFrozen } from './frozen/frozen-text.ts'
export { jsonSchemaOf } from './frozen/json-schema.ts'
export { validateFrozen } from './frozen/validate-frozen.ts'

export type { Digest, FrozenContent, FrozenSchema, FrozenVersion, Validator } from './frozen/freeze-schema.ts'
export type { FrozenNode } from './frozen/frozen-node.ts'
export type { FrozenState, FrozenVerdict } from './frozen/validate-frozen.ts'
