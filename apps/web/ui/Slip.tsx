import type { ComponentProps } from 'react'

/** A sheet with one cut corner: what goes out, what asks, what comes back. Everything else is rows on a plain page. */
export function Slip({ tone, className = '', ...rest }: ComponentProps<'div'> & { tone?: 'ask' | 'bad' | 'good' }) {
  return <div {...rest} className={`slip ${tone ?? ''} ${className}`.replace(/ +/g, ' ').trim()} />
}
