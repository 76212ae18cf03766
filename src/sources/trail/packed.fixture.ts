/** Bytes that no library here writes, of one log file with one start, `e-1`. */

/** A zip archive with `logs/a.json`. */
export const ZIPPED: Buffer = Buffer.from(
  'UEsDBBQAAAAIAAAAIQApuUYfKwEAANsBAAALAAAAbG9ncy9hLmpzb251kM1OwzAQhN/F57rY6U9S3yI1h6gUQVsQAnEwzgKWGifYDiVUfXfWSU' +
    'DlwCrKYWf87e4cyQZUZQtHxOORwAcYfwfW6coQQfiYczIijQObF6ho3xJxJL6tAdU8Xd+igobaaqN0Lfd5gf00X6bZfbq+vsxQkzaQ8C/kwQkt' +
    'SyE4VoQ1wRIBfiGNDFalqsb4DnLu6SVwbgVtP2GVn00IhCtZhpUC5zTqz9jprhWxaE45p4zv2Ewwht8DGSzbqrGqe+ffwMixLOVXZXDPsarKH9' +
    'OA3npp/U0Dts0+QTU+JIR7HdwGXvu0oKEHcJ6GyCy4ujIOsj2UyHAhtvc/j7tDnucRV9FsSuMpMDpNYEIX8wmjcQJFMovjJHpZ/B6UL8OQAY9x' +
    'a+yl/0V2ejp9A1BLAQIUAxQAAAAIAAAAIQApuUYfKwEAANsBAAALAAAAAAAAAAAAAACAAQAAAABsb2dzL2EuanNvblBLBQYAAAAAAQABADkAAA' +
    'BUAQAAAAA=',
  'base64',
);

/** The same, marked as encrypted. */
export const ZIPPED_ENCRYPTED: Buffer = Buffer.from(
  'UEsDBBQAAQAIAAAAIQApuUYfKwEAANsBAAALAAAAbG9ncy9hLmpzb251kM1OwzAQhN/F57rY6U9S3yI1h6gUQVsQAnEwzgKWGifYDiVUfXfWSU' +
    'DlwCrKYWf87e4cyQZUZQtHxOORwAcYfwfW6coQQfiYczIijQObF6ho3xJxJL6tAdU8Xd+igobaaqN0Lfd5gf00X6bZfbq+vsxQkzaQ8C/kwQkt' +
    'SyE4VoQ1wRIBfiGNDFalqsb4DnLu6SVwbgVtP2GVn00IhCtZhpUC5zTqz9jprhWxaE45p4zv2Ewwht8DGSzbqrGqe+ffwMixLOVXZXDPsarKH9' +
    'OA3npp/U0Dts0+QTU+JIR7HdwGXvu0oKEHcJ6GyCy4ujIOsj2UyHAhtvc/j7tDnucRV9FsSuMpMDpNYEIX8wmjcQJFMovjJHpZ/B6UL8OQAY9x' +
    'a+yl/0V2ejp9A1BLAQIUAxQAAQAIAAAAIQApuUYfKwEAANsBAAALAAAAAAAAAAAAAACAAQAAAABsb2dzL2EuanNvblBLBQYAAAAAAQABADkAAA' +
    'BUAQAAAAA=',
  'base64',
);

/** The log file in bzip2. */
export const BZIPPED: Buffer = Buffer.from(
  'QlpoOTFBWSZTWXGHNUIAAO5fgEAAEAf/8CYvf1o/5//6MAE5tW2GkU8iPSabUDIPUDQbUA9TQ0D0g0JTwQTRo00ANAADQAAaaRTTJhGmgPUANA' +
    '0AAAQB9IEVk9jhwn6QJStAPUDYQUUq5nUe3k+muCSCUICkkEi/VrTAfiCUFWTzfdeNv1ThltVHpQ51EIqI0ESGV9SEoNW0BUiApSpXREUbUBML' +
    'HFRA56U22Nah4Zz0oWCKBV2dGjEuwNO04cD5zBooGPYG2YUmFSY9SbnIHJtTaEexEoSoesTTaYicPPjRwHBZQm16Xjq7BLLrdbjNQMZCBjJUsw' +
    'TFPRNC54Qdnub8QbGoCpwtyPWC19MLGS9lNj9rEDgzfFFkiJggJLAxWlRKCEfaB+jYnpusyTBwD4FB8IWZieSYPOj3CVdxMWQUZSQMChVjd7/V' +
    'inWL4gIUxFKL0gSdHB6goq/4u5IpwoSDjDmqEA==',
  'base64',
);
