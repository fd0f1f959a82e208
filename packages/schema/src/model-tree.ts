// The one place that looks inside a zod schema. Models are walked by their definitions, never by `instanceof`, so that
// a second copy of zod 4 in the tree still works.
import type * as z from 'zod'

/** The parts of a zod definition that the walkers read. */
export interface ModelDef {
  readonly type: string
  readonly coerce?: boolean
  readonly format?: string
  readonly checks?: readonly { readonly _zod: { readonly def: { readonly check: string } } }[]
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly catchall?: z.ZodType
  readonly keyType?: z.ZodType
  readonly valueType?: z.ZodType
  readonly element?: z.ZodType
  readonly items?: readonly z.ZodType[]
  readonly rest?: z.ZodType | null
  readonly options?: readonly z.ZodType[]
  readonly innerType?: z.ZodType
  readonly values?: readonly unknown[]
  readonly entries?: Readonly<Record<string, string | number>>
}

export interface ModelChild {
  readonly model: z.ZodType
  /** What the child adds to a path: `/name`, `/*`, or nothing for a wrapper. */
  readonly step: string
}

export function defOf(model: z.ZodType): ModelDef {
  return model._zod.def
}

/** The schemas directly inside one schema, in declaration order. */
export function childrenOf(model: z.ZodType): ModelChild[] {
  const def = defOf(model)
  const children: ModelChild[] = []
  for (const [name, member] of Object.entries(def.shape ?? {})) children.push({ model: member, step: `/${name}` })
  if (def.type === 'object' && def.catchall !== undefined && defOf(def.catchall).type !== 'never')
    children.push({ model: def.catchall, step: '/*' })
  for (const entry of [def.keyType, def.valueType, def.element, def.rest])
    if (entry !== undefined && entry !== null) children.push({ model: entry, step: '/*' })
  for (const item of def.items ?? []) children.push({ model: item, step: '/*' })
  for (const option of def.options ?? []) children.push({ model: option, step: '' })
  if (def.innerType !== undefined) children.push({ model: def.innerType, step: '' })
  return children
}
