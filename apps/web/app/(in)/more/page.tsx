import type { Metadata } from 'next'
import { More } from '../../../features/shell/More.tsx'

export const metadata: Metadata = { title: 'More' }

export default function MorePage() {
  return <More />
}
