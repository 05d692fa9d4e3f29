"""What no metric's query needs, by engine: functions that reach out, tables that are no data."""

from __future__ import annotations

import re

# Of every engine: they read or write files, wait, lock, open connections, change the session.
_ANYWHERE = r"""
sleep.* | .*_sleep | benchmark | load_file | load_extension | readfile | writefile | edit
dblink.* | get_lock | release_lock | release_all_locks | is_free_lock | is_used_lock
sys_exec | sys_eval | sys_get | sys_set | nextval | setval | lastval | set_config | getenv
xp_.* | sp_.* | openrowset | opendatasource | openquery | reflect | java_method | try_reflect
"""
_BY_BACKEND = {
    "sqlite": r"""
        fts3_tokenizer | zeroblob | randomblob | sqlite_.* | pragma_.* | fsdir | lsmode
    """,
    "postgresql": r"""
        pg_(?!typeof$).* | lo_.* | loread | lowrite | (query|table|schema|database|cursor)_to_.*
        txid_.* | current_setting | ts_stat | ts_rewrite | xmltable | binary_upgrade_.*
        brin_.* | gin_.* | currtid.* | crosstab.* | connectby | xpath_.* | postgres_fdw_.*
        http.* | (query|table)_(export|import)_.* | invoke
    """,
    "mysql": r"""
        master_.* | wait_.* | name_const | extractvalue | updatexml | procedure | uuid_short
        last_insert_id | source_pos_wait
    """,
    "duckdb": r"""
        read_.* | .*_scan | scan_.* | glob | sniff_csv | parquet_.* | query | query_table | which_.*
        getvariable | duckdb_.* | pragma_.* | .*_query | .*_attach | .*_execute | st_read.*
        write_.* | current_setting | add_parquet_key | checkpoint | force_checkpoint | copy_.*
        load_aws_credentials | iceberg_.* | delta_.* | test_.* | http_.*
        json_(de)?serialize_sql | .*_execute_.* | levenshtein | editdist3 | damerau_levenshtein
    """,
    "clickhousedb": r"""
        file | url | urlcluster | s3.* | hdfs.* | remote.* | cluster.* | mysql | postgresql | sqlite
        mongodb | redis | jdbc | odbc | executable | input | merge | numbers.* | zeros.*
        generaterandom | azure.* | gcs | iceberg.* | deltalake.* | hudi | dictionary | dict.*
        view(if)? | loop | fuzz.* | python | addressto.* | demangle | getsetting | getmacro
        hostname | fqdn | catboost.* | joinget.* | currentdatabase | filesystem.*
        getserverport | globalvariable | initializeaggregation | connectionid | system.*
    """,
    # identifier: a name that is put together when it runs, so that nobody can look at it before.
    "hive": r"""
        identifier | read_.* | cloud_files | input_file_.* | xpath.* | ai_.* | http_request
        secret | try_secret | list_secrets | remote_query | vector_search | python_.*
    """,
}
# Of PostgreSQL, where x.f may be f(x): those that do something with one argument. Narrower than
# above, since these are names of columns.
_ATTRIBUTES = r"""
pg_(?!typeof$).* | lo_(import|export|creat.*|open|close|unlink|put|get|from_bytea|truncate.*)
txid_.* | dblink.* | nextval | lastval | currval | current_setting | ts_stat
http_(get|head|put|post|delete)
"""
_SYSTEM = {
    "information_schema",
    "pg_catalog",
    "pg_toast",
    "mysql",
    "performance_schema",
    "sys",
    "system",
    "mssql",
}
_TABLES = re.compile(
    r"sqlite_.*|pg_.*|duckdb_.*|pragma_.*|dbstat|fsdir|innodb_.*|information_schema", re.IGNORECASE
)
# A table's name that is a path or an address: DuckDB, ClickHouse and Spark read files that way.
_PATH = re.compile(r"[/\\*?]|://|\.(csv|tsv|txt|json|jsonl|ndjson|parquet|orc|avro|db|gz)$", re.I)
_FILE_READERS = {"hive", "databricks"}
_FORMATS = {"csv", "json", "parquet", "orc", "avro", "text", "binaryfile", "delta", "jdbc"}


def _pattern(words: str) -> re.Pattern[str]:
    found = "|".join(part.strip() for line in words.strip().splitlines() for part in [line] if part)
    return re.compile(re.sub(r"\s*\|\s*|\s+", "|", found).strip("|"), re.IGNORECASE)


_EVERYWHERE = _pattern(_ANYWHERE)
_AS_COLUMN = _pattern(_ATTRIBUTES)
_PATTERNS = {backend: _pattern(words) for backend, words in _BY_BACKEND.items()}
_PATTERNS["mariadb"] = _PATTERNS["mysql"]
_PATTERNS["databricks"] = _PATTERNS["hive"]


def is_denied_function(name: str, backend: str) -> bool:
    """Whether no query may call this function of this engine (SQLAlchemy's name)."""
    own = _PATTERNS.get(backend)
    return bool(_EVERYWHERE.fullmatch(name) or (own and own.fullmatch(name)))


def is_denied_attribute(name: str, backend: str) -> bool:
    """Whether ``x.name`` would call such a function of this engine."""
    return backend == "postgresql" and bool(_AS_COLUMN.fullmatch(name))


def is_denied_table(name: str, above: tuple[str, ...], backend: str) -> bool:
    """Whether no query may read this table (below these schemas) of this engine."""
    if _SYSTEM & {part.casefold() for part in above} or _TABLES.fullmatch(name):
        return True
    if backend in _FILE_READERS and {part.casefold() for part in above} & _FORMATS:
        return True
    return bool(_PATH.search(name))
