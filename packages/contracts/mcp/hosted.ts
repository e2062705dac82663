import type { FaultCode } from '../faults.ts'

/** What it takes to run a hosted MCP server: the part of its definition that the machine needs. */
export interface HostedRecipe {
  readonly package: {
    readonly registry: 'npm' | 'pypi' | 'oci'
    readonly name: string
    readonly version: string
    readonly sha256?: string | undefined
    readonly bin?: string | undefined
    readonly credential?: string | undefined
  }
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | { readonly credential: string }>>
  readonly transport: 'stdio' | 'streamable-http' | 'sse'
  readonly port?: number | undefined
  readonly path?: string | undefined
  readonly hosts: readonly string[]
  readonly share: 'session' | 'all'
  readonly idleMinutes: number
  readonly memoryMib: number
}

/**
 * `waiting` for its turn, `installing` its package, `starting`, `running`; `stopped` because nobody used it; `failed`
 * until it may be tried again.
 */
export const INSTANCE_STATES = ['waiting', 'installing', 'starting', 'running', 'stopped', 'failed'] as const
export type InstanceState = (typeof INSTANCE_STATES)[number]

/** Of the last attempt that failed. */
export interface InstanceFailure {
  readonly code: FaultCode
  readonly words: string
}
