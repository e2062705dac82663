import type * as z from 'zod'

/** The fields that a schema takes at a path of a value: empty where it takes any, or none. */
export function fieldNames(schema: z.core.$ZodType, value: unknown, path: readonly PropertyKey[]): readonly string[] {
  const here = objectsOf(schema, value)
  const [key, ...rest] = path
  if (key === undefined) return here.flatMap((shape) => Object.keys(shape))
  const child: unknown = value !== null && typeof value === 'object' ? Reflect.get(value, key) : undefined
  const below = here.flatMap((shape) => shape[String(key)] ?? [])
  const items = arraysOf(schema)
  return [...below, ...items].flatMap((one) => fieldNames(one, child, rest))
}

type Shape = Readonly<Record<string, z.core.$ZodType>>

/** The shapes that a value could have here: of a union told by a field, only the one that the field names. */
function objectsOf(schema: z.core.$ZodType, value: unknown): readonly Shape[] {
  const def = (schema as z.core.$ZodTypes)._zod.def
  switch (def.type) {
    case 'object':
      return [def.shape]
    case 'union': {
      const shapes = def.options.flatMap((option) => objectsOf(option, value))
      const told =
        'discriminator' in def ? shapes.filter((shape) => isTold(shape, String(def.discriminator), value)) : []
      return told.length > 0 ? told : shapes
    }
    case 'optional':
    case 'nullable':
    case 'default':
      return objectsOf(def.innerType, value)
    default:
      return []
  }
}

function isTold(shape: Shape, discriminator: string, value: unknown): boolean {
  const given: unknown = value !== null && typeof value === 'object' ? Reflect.get(value, discriminator) : undefined
  const def = (shape[discriminator] as z.core.$ZodTypes | undefined)?._zod.def
  return def?.type === 'literal' && def.values.some((one) => one === given)
}

function arraysOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const def = (schema as z.core.$ZodTypes)._zod.def
  if (def.type === 'array') return [def.element]
  return def.type === 'optional' || def.type === 'default' || def.type === 'nullable' ? arraysOf(def.innerType) : []
}
