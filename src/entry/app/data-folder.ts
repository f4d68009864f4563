/** Where the embedded database and the App's `.env` are, where nobody says. */
export const DATA_FOLDER = ".parallel-review/app";
