const HOST = /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/
const HOST_WITH_PORT = /^[a-z0-9.[\]:-]+:\d{1,5}$/

/** One host a line; what does not fit is named with what would. */
export function hostsIn(text: string, kind: 'any' | 'with-port'): { hosts: readonly string[]; error: string | null } {
  const hosts = text
    .split(/[\s,]+/)
    .map((line) => line.trim().toLowerCase())
    .filter((line) => line !== '')
  const wrong = hosts.find((host) => !(kind === 'any' ? HOST : HOST_WITH_PORT).test(host))
  if (wrong === undefined) return { hosts: [...new Set(hosts)], error: null }
  return {
    hosts: [],
    error: `${wrong}: write ${kind === 'any' ? onlyHost(wrong) : 'the host with its port, as git.lan:3000'}.`,
  }
}

function onlyHost(wrong: string): string {
  if (!URL.canParse(wrong)) return 'example.org, *.example.org or example.org:8443'
  return `only the host: ${new URL(wrong).host}`
}
