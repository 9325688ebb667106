/* SPDX-License-Identifier: Apache-2.0 */
/* No code where it is entered. */
    .zero 64
    .ascii "there is something, but it is no code"
