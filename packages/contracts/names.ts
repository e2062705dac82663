import * as z from 'zod'

/** Names that a person gives: short, lower case, safe in a URL, a branch and a file name. */
export const nameSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'a name is 1 to 63 lower-case letters, digits and dashes')

/** `example.org`, `*.example.org` (one label or more) or either with `:port`. */
export const hostPatternSchema = z
  .string()
  .regex(
    /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/,
    'a host is example.org, *.example.org or example.org:8443',
  )

/** The name of a header, small. */
export const headerNameSchema = z
  .string()
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'a header is written in small letters')
