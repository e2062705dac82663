import { notFound } from 'next/navigation'

/** Whoever is signed in sees that there is nothing among everything else that there is. */
export default function Nowhere(): never {
  notFound()
}
