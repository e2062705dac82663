/**
 * An MCP server as it stands before it is saved: what is known of it, what a person still has to give, and what
 * they should know first. A README, a registry entry and the built-in catalogue all end in this one shape, so one form
 * serves them all.
 *
 * Values may name inputs as `${id}`. A value that names a secret input becomes a credential when the draft is filled
 * in; the secret itself is never part of a server.
 */
export interface ServerDraft {
  /** A suggestion, already fit to be a name. */
  readonly name: string
  readonly title?: string
  readonly description?: string
  readonly spec: DraftSpec
  readonly inputs: readonly DraftInput[]
  readonly notes: readonly DraftNote[]
  readonly origin?: DraftOrigin
  /** What tells this way from the others to the same server. */
  readonly way?: string
  readonly signIn?: DraftSignIn
}

/** What its publisher lets a program that nobody watches sign in with. Absent: only a test will tell. */
export type DraftSignIn = 'none' | 'token' | 'oauth' | 'oauth-own-app' | 'refused'

export const SIGN_IN_WORDS: Readonly<Record<DraftSignIn, string>> = {
  none: 'No sign-in.',
  token: 'A token, kept sealed and added by the gateway.',
  oauth: 'OAuth with one button: Errand registers itself with the server.',
  'oauth-own-app': 'OAuth with an app that you create there: the server lets no program register itself.',
  refused: 'The server lets in only programs on its own list, and Errand is not on it.',
}

export type DraftSpec = RemoteDraft | HostedDraft

export interface RemoteDraft {
  readonly type: 'remote'
  readonly url: string
  readonly transport: 'streamable-http' | 'sse'
  readonly headers: Readonly<Record<string, string>>
  /** Its host and port may be on a private network. */
  readonly private: boolean
  /** Where no header brings a secret: a sign-in by OAuth, or a credential that is there already. */
  readonly access?: { readonly kind: 'oauth' } | { readonly kind: 'credential'; readonly name: string }
  /** Settings of its sign-in that the source names, no secrets. */
  readonly oauth?: { readonly clientId?: string; readonly scopes?: readonly string[] }
}

export interface HostedDraft {
  readonly type: 'hosted'
  readonly package: {
    readonly registry: PackageRegistry
    readonly name: string
    /** Empty: the source names none, and a person has to choose. */
    readonly version: string
    readonly sha256?: string
    /** The program to start, where the package has another name. */
    readonly bin?: string
  }
  /** Words that belong together stand together: a flag goes when its value was not given. */
  readonly args: readonly (readonly string[])[]
  readonly env: Readonly<Record<string, string>>
  readonly transport: 'stdio' | 'streamable-http' | 'sse'
  readonly port?: number
  readonly path?: string
  readonly hosts: readonly string[]
}

export type PackageRegistry = 'npm' | 'pypi' | 'oci'

export interface DraftInput {
  readonly id: string
  readonly label: string
  readonly help?: string
  readonly isRequired: boolean
  readonly isSecret: boolean
  /** What the source gave; for a secret, what was pasted with it. */
  readonly value?: string
  readonly placeholder?: string
  readonly choices?: readonly string[]
  readonly format?: 'string' | 'number' | 'boolean' | 'filepath'
}

/** `stop`: this cannot be saved as it is, and the words say what to do. */
export interface DraftNote {
  readonly level: 'note' | 'warning' | 'stop'
  readonly words: string
}

/** Where a draft was taken from, so that a newer version of it can be noticed. */
export interface DraftOrigin {
  readonly registry: string
  readonly name: string
  readonly version: string
  readonly sha256: string
}

export const note = (words: string): DraftNote => ({ level: 'note', words })
export const warning = (words: string): DraftNote => ({ level: 'warning', words })
export const stop = (words: string): DraftNote => ({ level: 'stop', words })

/** The ids of the inputs that a value names, in order. */
export function namedInputs(template: string): readonly string[] {
  return [...template.matchAll(/\$\{([^{}]+)\}/g)].map((match) => match[1] ?? '')
}

export const inputRef = (id: string): string => `\${${id}}`

/** Any text as a name: lower case, digits and dashes, at most 63. */
export function nameFrom(text: string, otherwise = 'server'): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '')
  return name === '' ? otherwise : name
}
