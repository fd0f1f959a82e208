// What a document that a command prints with `--json` is: its kind, where it comes from, and its model, which the compiler
// holds to the type that the command prints. Nothing here is loaded when a command runs; the JSON Schemas in
// `json-schemas/` are made from it.
import type * as z from 'zod'

export interface CliDocument {
  /** The `kind` member. */
  readonly kind: string
  /** The `v` member. Members are added within a version; none is renamed, removed or given another meaning. */
  readonly v: 1
  /** The commands that print it, with the flag that makes them. */
  readonly commands: readonly string[]
  /** `document`: once for each answer. `item`: a line of a stream. `status`: on stderr, while a command works. */
  readonly form: 'document' | 'item' | 'status'
  /** What it says, in one sentence without a full stop. */
  readonly title: string
  /** When it is printed, as a clause. */
  readonly when: string
  readonly model: z.ZodType
}

/** Members that JSON may lack: optional ones, and those that may be undefined. */
type Absent<T> = {
  [Key in keyof T]-?: Pick<T, Key> extends Required<Pick<T, Key>> ? (undefined extends T[Key] ? Key : never) : Key
}[keyof T]

/** A type as JSON sees it: absent and undefined are the same, nothing can be changed, no type has a name. */
type Plain<T> = T extends readonly (infer Item)[]
  ? readonly Plain<Item>[]
  : T extends object
    ? string extends keyof T
      ? { readonly each: Plain<T[keyof T]> }
      : {
          readonly present: { readonly [Key in Exclude<keyof T, Absent<T>>]: Plain<T[Key]> }
          readonly absent: { readonly [Key in Absent<T>]: Plain<Exclude<T[Key], undefined>> }
        }
    : T

type IsSame<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false

type Tied<Modelled, Printed> =
  IsSame<Plain<Modelled>, Plain<Printed>> extends true
    ? unknown
    : { readonly 'the model is not what is printed': never }

/** Makes a document; does not compile unless the model describes exactly the members of `Printed`. */
export function documentOf<Printed extends { readonly kind: string; readonly v: 1 }>(): <Model extends z.ZodType>(
  document: Omit<CliDocument, 'model' | 'kind' | 'v'> & {
    readonly kind: Printed['kind']
    readonly model: Model & Tied<z.output<Model>, Printed>
  },
) => CliDocument {
  return (document) => ({ v: 1, ...document })
}
