import { type ComponentProps, createElement, type ReactNode } from 'react'

interface IconData {
  readonly node: readonly (readonly [tag: string, attributes: Readonly<Record<string, string>>])[]
}

/**
 * In place of lucide's own `createLucideIcon` (next.config.ts): the same picture, without what we never use of it (names and aliases,
 * a context, sizes as properties), which would come with every page.
 */
// oxlint-disable-next-line import/no-default-export -- lucide's icons import it by this name
export default function lucideIcon({ node }: IconData): (props: ComponentProps<'svg'>) => ReactNode {
  const drawn = node.map(([tag, attributes]) => createElement(tag, attributes))
  return (props) => createElement('svg', { ...PEN, ...props }, drawn)
}

const PEN = {
  viewBox: '0 0 24 24',
  width: 24,
  height: 24,
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 2,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const
