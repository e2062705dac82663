/** Text as it is, whole and wrapped: a command, a host, a path, an id. */
export function Code({ children }: { children: string }) {
  return <code translate="no">{children}</code>
}
