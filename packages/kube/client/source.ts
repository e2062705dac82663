import type { Secret } from '@errand/observe'

/** Which cluster, and as whom. */
export interface KubeSource {
  /** `https://…`, with the path below which the API lies, if any. */
  readonly server: string
  readonly tls: KubeTls
  /** Asked before every request, as tokens are exchanged while we run. Null: a client certificate says who we are. */
  readonly token: () => Promise<Secret | null>
  /** Where the source says one is at home, if it does. */
  readonly namespace: string | null
}

/** PEM each. Without `ca` the machine's own authorities are trusted; the server's certificate is always verified. */
export interface KubeTls {
  readonly ca?: string
  readonly cert?: string
  readonly key?: Secret
  /** What the server's certificate is made out to, where that is not its address. */
  readonly servername?: string
}
