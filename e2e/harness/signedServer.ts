/** A server that wants a sign-in, and an agent of the scripted model that has it. */
export function signedServerYaml(url: string): string {
  return `kind: McpServer
name: signed
spec: { type: remote, url: '${url}', private: true, credential: signed }
---
kind: Credential
name: signed
spec: { type: oauth, server: signed }
---
kind: Agent
name: signing
spec:
  runtime: claude-code
  credential: scripted
  network: none
  mcp: [{ server: signed }]
`
}
