import { Fragment } from 'react'

/** Text as it is, whole and wrapped: a command, a host, a path, an id. */
export function Code({ children }: { children: string }) {
  return <code translate="no">{children}</code>
}

/** A long name, as of a branch: where it does not fit it breaks between its parts, and is copied without a gap. */
export function CodeName({ children }: { children: string }) {
  return (
    <code translate="no">
      {children.split(/(?<=[/_-])/).map((part, index) => (
        <Fragment key={index}>
          {index === 0 ? null : <wbr />}
          {part}
        </Fragment>
      ))}
    </code>
  )
}
