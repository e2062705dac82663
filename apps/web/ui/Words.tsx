import { Code } from './Code.tsx'

/** A sentence of ours: what stands between backticks in it is a command or a name. */
export function Words({ children }: { children: string }) {
  return children.split('`').map((part, index) => (index % 2 === 1 ? <Code key={index}>{part}</Code> : part))
}
