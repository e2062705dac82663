export interface PackageRef {
  readonly name: string
  /** Exact, or empty when the text names none or only a range or a moving tag. */
  readonly version: string
}

const EXACT = /^\d+(\.\d+)*([-.+]?[0-9A-Za-z][0-9A-Za-z.+-]*)?$/

/** `name@1.2.3`, `@scope/name@1.2.3`. Null for a path, an address or anything else that no registry has. */
export function npmRef(text: string): PackageRef | null {
  const [, name, version = ''] = /^((?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*)(?:@(.+))?$/i.exec(text) ?? []
  return name === undefined ? null : { name, version: exact(version) }
}

/** `name==1.2.3` or, as uvx also takes it, `name@1.2.3`; extras stay with the name. */
export function pypiRef(text: string): PackageRef | null {
  const [, name, version = ''] = /^([a-z0-9][\w.-]*(?:\[[\w,.-]+\])?)(?:(?:==|@)(.+)|[<>~!=].*)?$/i.exec(text) ?? []
  return name === undefined ? null : { name, version: exact(version) }
}

/** `host/name:tag`, `name@sha256:…`. A digest is the better version and wins. */
export function ociRef(text: string): PackageRef | null {
  const [, name, tag = '', digest = ''] =
    /^([a-z0-9][a-z0-9._/-]*(?::\d+\/[a-z0-9._/-]+)?)(?::(\w[\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text) ??
    []
  if (name === undefined) return null
  return { name, version: digest === '' ? (tag === 'latest' ? '' : tag) : digest }
}

function exact(version: string): string {
  const bare = version.replace(/^[v=]+(?=\d)/, '')
  return EXACT.test(bare) ? bare : ''
}
