import { Nothing } from '../features/shell/Nothing.tsx'
import DoorLayout from './(out)/layout.tsx'

export default function NotFound() {
  return (
    <DoorLayout>
      <Nothing />
    </DoorLayout>
  )
}
