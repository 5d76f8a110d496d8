/** That of Debian 12. */
export const containerdVersion = '1.6.20~ds1'
