import { Nothing } from '../../features/shell/Nothing.tsx'

export default function NotFound() {
  return <Nothing />
}
