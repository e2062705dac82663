import { type Filled, namedInputs, type ServerDraft, SIGN_IN_WORDS } from '@errand/domain'
import type { ReactNode } from 'react'
import { Code } from '../../../ui/Code.tsx'
import { KeyValues } from '../../../ui/KeyValues.tsx'
import { commandLine } from './commandLine.ts'

interface WhatWillHappenProps {
  readonly draft: ServerDraft
  readonly filled: Filled
  /** What was written, by input id. */
  readonly values: Readonly<Record<string, string>>
}

/** Before anything runs: who made it, exactly what is started or called, with what, and what it can reach. */
export function WhatWillHappen({ draft, filled, values }: WhatWillHappenProps) {
  const rows = draft.spec.type === 'remote' ? remoteRows(draft, filled) : hostedRows({ draft, filled, values })
  return (
    <section className="panel will-happen" aria-label="What will happen">
      <h3>What will happen</h3>
      <KeyValues left rows={rows} />
    </section>
  )
}

type Rows = readonly (readonly [string, ReactNode])[]

function remoteRows(draft: ServerDraft, filled: Filled): Rows {
  if (draft.spec.type !== 'remote') return []
  const { spec } = draft
  const url = filled.kind === 'filled' && filled.spec.type === 'remote' ? filled.spec.url : spec.url
  return [
    ...origin(draft),
    ['Called at', <Code key="url">{url}</Code>],
    ['Spoken', spec.transport === 'sse' ? 'HTTP with SSE, the old way' : 'Streamable HTTP'],
    [
      'Network',
      spec.private ? 'from the gateway; this host and port may be private' : 'from the gateway alone, over TLS',
    ],
    ['Sign-in', signIn(draft)],
  ]
}

function hostedRows({ draft, filled, values }: WhatWillHappenProps): Rows {
  if (draft.spec.type !== 'hosted') return []
  const { spec } = draft
  const { registry, name, sha256 } = spec.package
  const variables = Object.keys(spec.env)
  return [
    ...origin(draft),
    [
      'Installed',
      <Code key="package">{`${registry} ${name}, ${versionOf(draft, values) ?? 'version to be chosen'}`}</Code>,
    ],
    ...(sha256 === undefined ? [] : [['Checked', `the file’s SHA-256 is ${sha256.slice(0, 12)}…`] as const]),
    ['Started as', <Code key="command">{commandLine(spec, filled)}</Code>],
    ['With', variables.length === 0 ? 'no variables' : variables.join(', ')],
    ['Network', spec.hosts.length === 0 ? 'none' : spec.hosts.join(', ')],
    ['Where', 'in a sandbox of its own, installed once, started on demand, stopped when idle'],
    ['Sign-in', signIn(draft)],
  ]
}

/** Also while something else is still missing. */
function versionOf({ spec, inputs }: ServerDraft, values: WhatWillHappenProps['values']): string | null {
  if (spec.type !== 'hosted') return null
  const { version } = spec.package
  const input = inputs.find(({ id }) => namedInputs(version).includes(id))
  if (input === undefined) return version
  const written = (values[input.id] ?? input.value ?? '').trim()
  return written === '' ? null : written
}

function origin({ origin: from, spec }: ServerDraft): Rows {
  return from === undefined
    ? publisher(spec)
    : [['Published by', `${from.name.split('/')[0] ?? from.name}, version ${from.version}`]]
}

/** A scope of npm belongs to one publisher; elsewhere the name of a package says nothing about who made it. */
function publisher(spec: ServerDraft['spec']): Rows {
  if (spec.type === 'remote') return []
  const scope = spec.package.registry === 'npm' ? /^@([^/]+)\//.exec(spec.package.name)?.[1] : undefined
  return [
    [
      'Published by',
      scope === undefined ? 'not known: this name says nothing about it, so look it up' : `@${scope} on npm`,
    ],
  ]
}

function signIn(draft: ServerDraft): string {
  if (draft.inputs.some((input) => input.isSecret)) return SIGN_IN_WORDS.token
  if (draft.signIn !== undefined) return SIGN_IN_WORDS[draft.signIn]
  if (draft.spec.type === 'hosted') return SIGN_IN_WORDS.none
  if (draft.spec.access?.kind === 'credential') return `The credential ${draft.spec.access.name}.`
  if (draft.spec.access?.kind === 'oauth') return 'OAuth. The test finds out how Errand can register there.'
  return 'None. The test says if the server wants one.'
}
