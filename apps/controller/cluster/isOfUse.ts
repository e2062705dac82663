import type { SandboxView, WarmShape } from '@errand/engine'

/** While an update replaces controllers one by one, the old and the new do not end each other's. */
const UPDATE_MS = 60_000

/**
 * Whether a warm sandbox is one that runs may still want: its shape is, and what we would make of that shape now is the same.
 * Another version of Errand, or another configuration, makes other pods.
 */
export function isOfUse(
  row: Pick<SandboxView, 'orgId' | 'shape' | 'createdAt'>,
  {
    wanted,
    isCurrent,
    now,
  }: {
    readonly wanted: readonly Pick<WarmShape, 'orgId' | 'shape' | 'spec'>[]
    readonly isCurrent: (shape: Pick<WarmShape, 'shape' | 'spec'>) => boolean
    readonly now: number
  },
): boolean {
  const shape = wanted.find((one) => one.orgId === row.orgId && one.shape === row.shape)
  return shape !== undefined && (isCurrent(shape) || now - row.createdAt.getTime() < UPDATE_MS)
}
