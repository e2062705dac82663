import { Bot, BrickWallShield, FolderGit2, KeyRound, ListChecks, type LucideIcon, Plug, Settings } from 'lucide-react'

export interface Place {
  readonly href: string
  readonly name: string
  readonly icon: LucideIcon
  /** Second key after `g`. */
  readonly key: string
}

export const PLACES: readonly Place[] = [
  { href: '/', name: 'Runs', icon: ListChecks, key: 'r' },
  { href: '/agents', name: 'Agents', icon: Bot, key: 'a' },
  { href: '/mcp', name: 'MCP servers', icon: Plug, key: 'm' },
  { href: '/repositories', name: 'Repositories', icon: FolderGit2, key: 'p' },
  { href: '/credentials', name: 'Credentials', icon: KeyRound, key: 'c' },
  { href: '/boundary', name: 'Boundary', icon: BrickWallShield, key: 'b' },
  { href: '/settings', name: 'Settings', icon: Settings, key: 's' },
]

/** Runs are at home: `/` and everything below `/runs`. */
export function isPlaceOf(place: Place, path: string): boolean {
  if (place.href === '/') return path === '/' || path.startsWith('/runs')
  return path === place.href || path.startsWith(`${place.href}/`)
}
