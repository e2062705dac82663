import type { Metadata } from 'next'
import { Claim } from '../../../features/account/Claim.tsx'

export const metadata: Metadata = { title: 'Claim' }

export default function ClaimPage() {
  return <Claim />
}
