import Link from 'next/link'
import type { LucideIcon } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'

interface Look {
  /** `go`: the one thing to press here. `stop`: ends or removes. `bare`: quiet, without an edge. */
  readonly tone?: 'go' | 'stop' | 'bare'
  readonly icon?: LucideIcon
  /** Only the icon is seen: then `children` is its name for everybody else. */
  readonly square?: boolean
  readonly children: ReactNode
}

/** A button of a form says `type="submit"`; every other does nothing but its `onClick`. */
export function Button({ tone, icon, square, children, className, ...rest }: Look & ComponentProps<'button'>) {
  return (
    <button type="button" {...rest} className={lookOf({ tone, square }, className)}>
      <Inside icon={icon} square={square}>
        {children}
      </Inside>
    </button>
  )
}

/** Looks like a button and goes to a place. */
export function ButtonLink({ tone, icon, square, children, className, ...rest }: Look & ComponentProps<typeof Link>) {
  return (
    <Link {...rest} className={lookOf({ tone, square }, className)}>
      <Inside icon={icon} square={square}>
        {children}
      </Inside>
    </Link>
  )
}

function Inside({
  icon: Icon,
  square,
  children,
}: {
  icon: LucideIcon | undefined
  square: boolean | undefined
  children: ReactNode
}) {
  return (
    <>
      {Icon === undefined ? null : <Icon className="i s" aria-hidden="true" />}
      {square === true ? <span className="vh">{children}</span> : children}
    </>
  )
}

function lookOf({ tone, square }: { tone: Look['tone'] | undefined; square: boolean | undefined }, more = ''): string {
  return `btn ${tone ?? ''} ${square === true ? 'sq' : ''} ${more}`.replace(/ +/g, ' ').trim()
}
