import { VERSION } from './readCommand.ts'
import type { DraftInput, ServerDraft } from './serverDraft.ts'

/** A package whose version was left out, also among these values; its registry knows the newest. Null: none is missing. */
export function withoutVersion(
  { spec, inputs }: ServerDraft,
  values: Readonly<Record<string, string>> = {},
): { registry: 'npm' | 'pypi'; name: string } | null {
  const isLeftOut = inputs.some(({ id, value = '' }) => id === VERSION.id && (values[id] ?? value) === '')
  if (spec.type !== 'hosted' || !isLeftOut) return null
  const { registry, name } = spec.package
  return registry === 'oci' ? null : { registry, name }
}

/** What is known of it: its registry is being asked, nobody knows, or this is it. */
export type Newest = { readonly kind: 'asked' | 'unknown' } | { readonly kind: 'found'; readonly version: string }

/** With the newest as what stands there until a person writes another. */
export function withNewest(draft: ServerDraft, newest: Newest): ServerDraft {
  const shown = shownOf(newest)
  return { ...draft, inputs: draft.inputs.map((input) => (input.id === VERSION.id ? { ...input, ...shown } : input)) }
}

function shownOf(newest: Newest): Partial<DraftInput> {
  switch (newest.kind) {
    case 'asked':
      return { placeholder: 'looking for the newest…' }
    case 'unknown':
      return { help: 'An exact one. Which is the newest could not be found out.' }
    case 'found':
      return { value: newest.version, help: 'The newest. The same bytes are run every time.' }
  }
}
