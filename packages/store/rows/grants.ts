/** What was found out about where to sign in. Nothing secret. */
export interface GrantDiscovery {
  /** Canonical address of the server, or what its metadata says it is called. */
  readonly resource: string
  readonly issuer: string
  /** The metadata of the authorization server as it came; null for one of 2025-03-26, which publishes none. */
  readonly metadata: Readonly<Record<string, unknown>> | null
  /** Scopes that the server itself names. */
  readonly scopes: string | null
}

export interface GrantPending {
  readonly redirectUri: string
  readonly scopes: string | null
  readonly by: string
  /** ISO 8601. */
  readonly expiresAt: string
  /** Sealed: the PKCE verifier. */
  readonly verifier: string
  /** Sealed: what the browser brought back; null until then. */
  readonly callback: string | null
}
