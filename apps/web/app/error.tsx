'use client'

import type { ComponentProps } from 'react'
import { PageError } from '../features/shell/PageError.tsx'
import DoorLayout from './(out)/layout.tsx'

export default function OuterError(props: ComponentProps<typeof PageError>) {
  return (
    <DoorLayout>
      <PageError {...props} />
    </DoorLayout>
  )
}
