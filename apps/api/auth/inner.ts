/** Headers that only we set, on the requests that we make of better-auth. What a client sends under these names is dropped. */
export const INNER = { address: 'x-errand-address', claim: 'x-errand-claim', user: 'x-errand-claim-user' } as const

export const BASE_PATH = '/auth/protocol'
