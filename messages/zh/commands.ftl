### 命令行的帮助。

## 标题与固定文字

help_usage = 用法：
help_options = 选项
help_commands = 命令
help_options_metavar = [选项]
help_command_metavar = 命令 [参数]...
help_default = [默认：{ $value }]
help_variable = [环境变量：{ $value }]
help_required = [必填]

## 命令

command_root = 将用户分配给数量有限的名额：大额消费用户优先，结果可证明最优。
command_serve = 启动 HTTP 服务。
command_compile = 编译磁盘上尚没有的全部内核，使后续命令启动更快。
command_allocate = 根据 EV 矩阵或候选列表，将用户分配给主播。
command_frontier = 计算总 EV 与主播收入基尼系数之间的取舍，并给出任何分配都无法达到的下界。
command_generate = 随机生成用户、主播和候选，写成 allocate 可读取的 Parquet 文件。
command_curve = 计算鲸鱼上限 k 从 1 到 --k-max 时鲸鱼层的价值。
command_sweep =
    在一系列鲸鱼上限 k 下进行模拟，判断是否值得设上限。

    --config 描述模拟市场；--ev、--table 或 --candidates 使用自有矩阵。
command_find_settings = 在网格中按期望指标搜索值得采用且成本最低的设置；若没有，则给出最接近的设置。
command_renamed = { $old } 已弃用，将被移除；请使用 { $new }。
command_calibrate = 根据打赏记录拟合模拟市场。
command_verify =
    根据逐次运行的数据，重新计算扫描结果中的每个指标。

    全部一致时退出码为 0，有指标不一致时为 1，无法读取结果时为 2。
command_experiments = 列出和删除已保存的实验（WHALE_DATABASE_URL 或 WHALE_DATA_DIRECTORY）。
command_list = 列出实验，最新的在前：开始时间、状态、种子数、类型和 id。
command_prune =
    删除旧实验，并释放磁盘空间。

    服务运行时也可以使用。未给出 --days 时，采用服务的设置 WHALE_RETENTION_DAYS 和 WHALE_MAX_DATABASE_BYTES。

## 程序的选项

option_help = 显示此帮助并退出。
option_version = 显示版本并退出。
option_language = 消息的语言。
option_install_completion = 为当前 shell 安装自动补全。
option_show_completion = 显示当前 shell 的自动补全脚本，以便复制或自行调整。

## 多个命令共用的选项

option_output = 输出文件，格式由后缀决定（{ $output_formats }）；- 表示将 JSON 写到标准输出。
option_ev = EV 矩阵（用户 × 主播）：.npy 文件，不允许的配对为 -inf；或 --table 可读取的任意文件。
option_table = 一个文件，包含用户、主播、EV，也可包含财富：{ $table_formats }。
option_columns = 表头无法说明时，各列的角色，如 uid=user,spend=wealth。角色：user、streamer、ev、wealth、ignore。
option_header = 表格首行是否为表头；默认自动判断。
option_candidates = 代替 --ev 的候选：含 user、streamer 和 ev 的 Parquet 目录或 URL，或 --table 可读取的任意文件。
option_wealth = 财富，每位用户一个数字：.npy 文件，或用户及其财富的表格。
option_all_whales = 将所有用户都视为鲸鱼，无需财富数据。
option_k = 鲸鱼上限：每位主播最多的鲸鱼数。一个数字，或每位主播一个数字的 .npy 文件。
option_capacity = 每位主播最多的用户数。一个数字，或每位主播一个数字的 .npy 文件。
option_min_users = 每位主播的保底用户数。一个数字，或每位主播一个数字的 .npy 文件。
option_allow_negative_ev = 满足保底所需时，允许 EV 为负的配对。
option_whale_penalty = 每位主播第一位、第二位……鲸鱼的罚值，如 0,0,5,20。
option_max_streamers_per_user = 每位用户最多展示给几位主播。
option_whale_share = 按财富从高到低，鲸鱼占用户的比例。默认 0.01。
option_whale_threshold = 财富达到此值的用户为鲸鱼，代替 --whale-share。
option_seed = 随机种子。相同的种子得到相同的结果。
option_config = YAML 配置文件；示例见 configs/。

## serve 和 compile 的选项

option_host = 监听的地址。
option_port = 监听的端口；0 表示自动选择空闲端口。
option_workers_of_serve = 工作进程数，代替 WHALE_PROCESSES。
option_root_path = 反向代理后的路径前缀，代替 WHALE_ROOT_PATH。
option_processes = 同时编译的内核数。默认为核心数。

## allocate 和 curve 的选项

option_output_of_allocate = 输出文件，格式由后缀决定（{ $output_formats }）；- 表示将 JSON 写到标准输出。使用 Parquet 候选时，为新建的 Parquet 目录或 URL。
option_users = 使用 Parquet 候选时：含 user 及 wealth 或 whale 的 Parquet 文件。
option_tolerance = 差距占目标值的比例不超过此值时停止。默认 0；使用 Parquet 候选时为 1e-6。
option_memory = 使用 Parquet 候选时：最多使用的内存，如 4GiB。
option_scheduler = 使用 Parquet 候选时：Dask 调度器的地址，由其工作进程分担计算，如 tcp://host:8786。
option_workers = 使用 Parquet 候选时：由本机上这么多个进程分担计算。
option_partitions = 使用 --scheduler 或 --workers 时：候选的分区数。默认为每个工作线程一个。
option_algorithm = 鲸鱼层的算法。
option_fill = 普通用户的分配方式。
option_fair = 使主播的收入更平均，损失已知并附有证明。默认最多放弃最优值的 1 %。
option_max_loss = 与 --fair 一起使用：最多放弃最优值的多少，如 1% 或 0.01。
option_theta = 与 --fair 一起使用：公平的权重，0 到 1。基尼系数的一个百分点相当于总额的百分之 θ。
option_max_gini = 与 --fair 一起使用：收入基尼系数的最大值，如 0.2 或 20%。为此放弃得尽可能少。
option_alpha = 与 --fair 一起使用：按 α 公平福利厌恶不平等的程度，0 到 64。
option_measure = 与 --fair 一起使用：不平等的度量，即基尼系数或阿特金森指数（alpha）。
option_base = 主播此前的收入，计入公平：每位主播一个数字的 .npy 文件，或含 streamer 和 revenue 的表格。
option_points = 点的个数，2 到 200。
option_assignments = JSON 中的每个点是否附有其分配。
option_output_of_frontier = 输出文件，格式由后缀决定（{ $output_formats }）；- 表示将 JSON 写到标准输出。
option_tolerance_of_frontier = 使用 Parquet 候选时：最优值的差距占目标值的比例。默认 1e-6。
option_candidates_of_frontier = 代替 --ev 的候选：含 user、streamer 和 ev 的 Parquet 文件目录或 URL，或 --table 接受的任何文件。
option_k_of_curve = 计算 slot_gain 时的鲸鱼上限。一个数字，或每位主播一个数字的 .npy 文件。
option_k_max = 曲线中最大的 k。

## generate 的选项

option_users_of_generate = 用户数。
option_streamers_of_generate = 主播数。
option_candidates_of_generate = 每位用户的候选数。
option_output_of_generate = 新建的目录或 URL。
option_partitions_of_generate = 候选文件的数量。
option_threads = 线程数。默认为核心数。

## sweep 的选项

option_ev_of_sweep = 自有的 EV 矩阵：.npy 文件，或 --table 可读取的任意文件。
option_candidates_of_sweep = 自有的候选：含 user、streamer 和 ev 的 .npz 文件，或 --table 可读取的任意文件。
option_k_of_sweep = 使用自有矩阵时：鲸鱼上限，以逗号分隔。默认 1,2,3,5。
option_whale_share_of_sweep = 使用自有矩阵时：鲸鱼占用户的比例，以逗号分隔。默认 0.01。
option_simulations = 使用自有矩阵时：抽取打赏的次数。默认 200。
option_seed_of_sweep = 使用自有矩阵时：随机种子。默认 42。
option_gift_probability = 使用自有矩阵时：打赏的概率。默认 0.015。
option_amount_sigma = 使用自有矩阵时：打赏金额对数的标准差。默认 1。
option_minimum_revenue_pct = 使用自有矩阵时：期望收入变化的最小有意义幅度，百分比。默认 0.1。
option_minimum_gini = 使用自有矩阵时：期望收入基尼系数变化的最小有意义幅度。默认 0.001。
option_figures = 图表的目录（SVG 和 PNG）。
option_report = HTML 报告文件。
option_scheduler_of_sweep = 使用 --config 时：Dask 调度器的地址，由其工作进程运行模拟，如 tcp://host:8786。
option_until_decided = 与 --config 一起使用：每个配置都有定论后立即停止；文件中的 simulations 即为最多次数。

## calibrate 的选项

option_gifts = 打赏记录，含 user_id、streamer_id 和 gift_price：{ $table_formats }。
option_output_of_calibrate = 拟合所得配置的输出文件，YAML。
option_interactions = 记录所涵盖的用户与主播的互动次数。
option_gift_rate = 每次互动的打赏次数，代替 --interactions。默认采用 KuaiLive 的 0.0148。
option_users_of_calibrate = 用户数。默认为打赏用户数的两倍。
option_streamers = 主播数。默认为收到打赏的主播数。

## verify 和 experiments 的选项

option_results = sweep 的结果，JSON。
option_limit = 最多列出的实验数。
option_days = 删除结束超过此天数的实验。默认采用服务的设置。
option_dry_run = 只显示符合条件的实验数，不删除。
