import { type Filled, namedInputs, type ServerDraft, SIGN_IN_WORDS } from '@errand/domain'
import type { ReactNode } from 'react'
import { Code } from '../../../ui/Code.tsx'
import { KeyValues } from '../../../ui/KeyValues.tsx'
import { commandLine } from './commandLine.ts'

/** Before anything runs: who made it, exactly what is started or called, with what, and what it can reach. */
export function WhatWillHappen({ draft, filled }: { draft: ServerDraft; filled: Filled }) {
  const { spec } = draft
  return (
    <section className="panel will-happen" aria-label="What will happen">
      <h3>What will happen</h3>
      <KeyValues left rows={spec.type === 'remote' ? remoteRows(draft, filled) : hostedRows(draft, filled)} />
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

function hostedRows(draft: ServerDraft, filled: Filled): Rows {
  if (draft.spec.type !== 'hosted') return []
  const { spec } = draft
  const { registry, name, sha256 } = spec.package
  const version =
    filled.kind === 'filled' && filled.spec.type === 'hosted' ? filled.spec.package.version : spec.package.version
  const variables = Object.keys(spec.env)
  return [
    ...origin(draft),
    [
      'Installed',
      <Code key="package">{`${registry} ${name}, ${namedInputs(version).length > 0 ? 'version to be chosen' : version}`}</Code>,
    ],
    ...(sha256 === undefined ? [] : [['Checked', `the file’s SHA-256 is ${sha256.slice(0, 12)}…`] as const]),
    ['Started as', <Code key="command">{commandLine(spec, filled)}</Code>],
    ['With', variables.length === 0 ? 'no variables' : variables.join(', ')],
    ['Network', spec.hosts.length === 0 ? 'none' : spec.hosts.join(', ')],
    ['Where', 'in a sandbox of its own, installed once, started on demand, stopped when idle'],
    ['Sign-in', signIn(draft)],
  ]
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
