import type { Metadata } from 'next'
import { SignIn } from '../../../features/account/SignIn.tsx'
import { readDoorOnServer } from '../../../trpc/server.tsx'

export const metadata: Metadata = { title: 'Sign in' }

export default async function SignInPage({ searchParams }: PageProps<'/sign-in'>) {
  const { next } = await searchParams
  return <SignIn door={await readDoorOnServer()} next={typeof next === 'string' ? next : null} />
}
