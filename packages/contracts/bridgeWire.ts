/**
 * The bridge is the first process in the sandbox of a hosted MCP server. What it is told comes as one line on its
 * standard input. Types only: a schema library would cost more than the rest of its start, and the line comes from the
 * executor that started this very process.
 */
export interface BridgeBoot {
  /** Where it answers the gateway. */
  readonly listen:
    | { readonly kind: 'socket'; readonly path: string }
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  /** The way out, for its secrets and for what its server may reach. Null: it has neither. */
  readonly gateway: BridgeGateway | null
  /** What to fetch from the gateway before the server starts, and where it is to lie. Absent: it lies there already. */
  readonly bundle?: { readonly sha256: string; readonly folder: string }
  readonly server: {
    /** Program and arguments; never a shell. */
    readonly command: readonly string[]
    readonly cwd: string
    /** Without secrets. */
    readonly env: Readonly<Record<string, string>>
    /** One process for each session, or one for all, for servers that keep no state. */
    readonly share: 'session' | 'all'
    /** Whose root is another: a folder that holds an image's files. */
    readonly root?: string
    /** Where it answers by itself on the sandbox's own loopback. Absent: it speaks over its standard streams. */
    readonly http?: { readonly transport: 'streamable-http' | 'sse'; readonly port: number; readonly path: string }
  }
  /** The whole bridge ends (0) when nobody has asked for so long; a single session likewise. */
  readonly idleMs: number
}

export type BridgeGateway = (
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
) & { readonly token: string }

export const BRIDGE_PATHS = {
  /** MCP over Streamable HTTP, both eras. */
  mcp: '/mcp',
  /** GET → BridgeHealth. */
  health: '/healthz',
} as const

/** Between a bridge and the gateway, with the bridge's own token in `authorization: Bearer …`. */
export const HOSTED_PATHS = {
  /** GET → PackageSource: where this machine's package manager gets the package that is being installed. */
  source: '/hosted/v1/source',
  /** GET `manifests/…` and `blobs/…` below it, of the image that is being installed: the gateway asks its registry. */
  image: '/hosted/v1/image/',
  /** GET → `{env: {NAME: value}}`: what of the server's environment is secret. */
  secrets: '/hosted/v1/secrets',
  /** On a cluster. PUT, a compressed archive with `BUNDLE_HEADER`, by an installation; GET by the server's bridge. */
  bundle: '/hosted/v1/bundle',
  /** On a cluster. POST `HealthReport`, now and then: nobody but the gateway reaches a bridge there. */
  health: '/hosted/v1/health',
} as const

/** On what a hosted server sends out by its proxy, with the bridge's token. */
export const HOSTED_TOKEN_HEADER = 'x-errand-hosted'

/** `InstalledBundle` as JSON in base64url. */
export const BUNDLE_HEADER = 'x-errand-bundle'

/**
 * A bridge that listens on a network answers whoever shows the SHA-256 of its token here: the gateway keeps that and
 * nothing else, and what shows it is not what opens secrets.
 */
export const BRIDGE_KEY_HEADER = 'x-errand-key'

/**
 * Set by the gateway: whose request this is. Sessions answer their own principal alone, and those who have no session
 * (2026-07-28) get a process for each principal.
 */
export const BRIDGE_PRINCIPAL_HEADER = 'x-errand-principal'

export interface PackageSource {
  /** Without whatever would be secret in it. Null: the package manager's own choice. */
  readonly indexUrl: string | null
  /** Whom the gateway's machine trusts, as PEM: a registry of one's own may be known there alone. */
  readonly certificates: string | null
}

/** The same program installs a package, in a sandbox that reaches its registry and nothing else, and ends. */
export interface InstallBoot {
  readonly gateway: BridgeGateway
  readonly install: {
    readonly registry: 'npm' | 'pypi' | 'oci'
    readonly name: string
    readonly version: string
    readonly sha256: string | null
    /** The program to start, where the package has several. */
    readonly bin: string | null
    /** Where the finished bundle is to lie. */
    readonly folder: string
    /** Below which folder it will lie when the server is started from it. */
    readonly startsIn: string
    readonly node: string
    /** npm's own JavaScript file; null: there is none. */
    readonly npm: string | null
    readonly python: string | null
    /** Of an image only what it says of itself: its files come otherwise. */
    readonly isNoteOnly?: boolean
    /** Sends what it installed to the gateway: the sandbox's own folders end with it. */
    readonly isSent?: boolean
  }
}

/** What a sandbox of a cluster runs in place of a run: its way to the gateway and its token come with the claim. */
export type HostedProgram = Omit<BridgeBoot, 'gateway'> | Omit<InstallBoot, 'gateway'>

/** The last thing an installation writes, into `bundle.json` of its folder. */
export interface InstalledBundle {
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Of the package's own file, as the registry gave it; of an image, of its manifest or of the list of them. */
  readonly sha256: string
  readonly file: string
  /** Of an image: its files are the root of the server's file system. */
  readonly image?: {
    /** Where the server's definition names no arguments. */
    readonly args: readonly string[]
    readonly cwd: string
    /** Of the manifest for this machine. */
    readonly manifest: string
  }
}

/** Where a bridge answers, beside its health. */
export interface HealthReport extends Omit<BridgeHealth, 'ok'> {
  readonly port: number
}

export interface BridgeHealth {
  readonly ok: true
  readonly sessions: number
  readonly processes: number
  readonly waiting: number
  /** How often the server ended without being asked to. */
  readonly crashes: number
  readonly lastError: string | null
  /** Of the bridge and everything below it, as far as /proc tells. */
  readonly memoryMib: number
}
