import type { DraftInput, ServerDraft } from '@errand/domain'

/** How the gateway signs in at a server at an address, as the form says it. `credential:NAME` is one that is there. */
export type Access = 'none' | 'token' | 'oauth' | `credential:${string}`

const TOKEN: DraftInput = {
  id: 'token',
  label: 'Token',
  help: 'Sent as Authorization: Bearer.',
  isRequired: true,
  isSecret: true,
}

/** Null where the draft brings its own secret, or is run here: then there is nothing to choose. */
export function accessOf({ spec, inputs }: ServerDraft): Access | null {
  if (spec.type === 'hosted' || inputs.some((input) => input.isSecret)) return null
  if (spec.access?.kind === 'credential') return `credential:${spec.access.name}`
  return spec.access?.kind ?? 'none'
}

export function withAccess(draft: ServerDraft, access: Access): ServerDraft {
  if (draft.spec.type === 'hosted') return draft
  const { access: _before, ...spec } = draft.spec
  if (access === 'none') return { ...draft, spec }
  if (access === 'oauth') return { ...draft, spec: { ...spec, access: { kind: 'oauth' } } }
  if (access === 'token')
    return {
      ...draft,
      spec: { ...spec, headers: { ...spec.headers, Authorization: 'Bearer ${token}' } },
      inputs: [...draft.inputs, TOKEN],
    }
  return { ...draft, spec: { ...spec, access: { kind: 'credential', name: access.slice('credential:'.length) } } }
}
