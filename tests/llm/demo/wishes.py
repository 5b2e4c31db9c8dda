"""Conversations and what the last prompt must and must not hold.

Each row: the user's turns, words that must be in the prompt, words that must not. A word is looked for as a whole
word. The rules were made with TUNED in view; HELD_OUT was written afterwards, before it was first run.
"""

from __future__ import annotations

Wish = tuple[tuple[str, ...], str, str]
"""Turns; what must be in, parted by "|"; what must not."""

TUNED: tuple[Wish, ...] = (
    (("一只在花园里的橙色小猫",), "orange kitten|garden", "cat"),
    (("a lion cub playing by the river",), "lion cub|playing by the river", ""),
    (("两只熊猫在吃竹子",), "two|pandas|eating bamboo", "bamboos"),
    (("角马",), "wildebeest", "horse"),
    (("晚上海底的蓝色鲸鱼",), "blue whale|under the sea|at night", "shanghai"),
    (("兔子骑自行车",), "rabbit|riding a bicycle", ""),
    (("下雪天的企鹅",), "penguin|snowy weather", "cloud|clouds"),
    (("月亮下的狐狸",), "fox|under the moon", ""),
    (("会飞的粉色小猪",), "flying pink piglet", ""),
    (("三只小鸭在池塘里",), "three|ducklings|pond", "duck"),
    (("一只戴帽子的猫头鹰在读书",), "owl|wearing a hat|reading a book", "cat"),
    (("夕阳下的长颈鹿",), "giraffe|at sunset", "deer"),
    (("两条鱼和一只章鱼",), "two|fish|an octopus", ""),
    (("a penguin with a red balloon",), "penguin|a red balloon", ""),
    (("五颜六色的鹦鹉",), "colorful parrot", "five"),
    (("一个戴着红色帽子的女孩骑着自行车",), "girl|wearing a red hat|riding a bicycle", ""),
    (("桌子上有一只猫和一只狗",), "cat and a dog|on a table", ""),
    (("红眼睛的白兔",), "white rabbit|with red eyes", ""),
    (("a sitting kitten",), "sitting kitten", ""),
    (("a black and white cat sleeping on a sofa",), "black and white cat|sleeping on a sofa", ""),
    (("two dogs and a cat playing in the park at sunset",), "two|dogs and a cat|playing in the park|at sunset", ""),
    (("three pandas eating bamboo, watercolor",), "three|pandas|eating bamboo|watercolor", ""),
    (("水彩画风格的城堡",), "castle|watercolor", ""),
    (("draw me a watercolor painting of a castle",), "castle|watercolor", "draw|me|of"),
    (("a cat without a hat",), "cat", "hat|without"),
    (("the dog runs in the snow",), "dog|running|in the snow", ""),
    (("一群大象在草原上走",), "group|elephants|walking on the grassland", ""),
    (("一杯咖啡和一块蛋糕",), "a cup of|coffee|a piece of cake", ""),
    (("a 熊猫 eating bamboo",), "panda|eating bamboo", ""),
    (("画一个cat在沙发上睡觉",), "cat|sleeping on a sofa", ""),
    (("一隻貓在沙發上睡覺",), "cat|sleeping on a sofa", ""),
    (("宇航员在月球上骑马",), "astronaut|riding a horse|on the moon", ""),
    (("穿汉服的女孩撑着油纸伞",), "girl|wearing a hanfu|holding an oil-paper umbrella", ""),
    (("绿色的草地上有三只白色的羊",), "three|white sheep|green meadow", "sheeps"),
    (("窗台上的花瓶里有三朵玫瑰",), "three|roses|in a vase|windowsill", ""),
    (("你好,画一只猫",), "cat", ""),
    (("a portrait of an old man with a long white beard",), "old man|long white beard|portrait", ""),
    (("five red apples in a wooden bowl on a table",), "five|red apples|wooden bowl|table", ""),
    (("a cat wearing a hat and a scarf",), "cat|wearing a hat and a scarf", ""),
    (("a quokka eating a zorblax",), "quokka|eating a zorblax", ""),
    (("i want a dog with three blue balloons please",), "dog|three blue balloons", "please|want"),
    (("一只貔貅在森林里",), "forest", ""),
    (("一只橙色的猫", "换成蓝色", "晚上", "加一顶帽子"), "blue|cat|at night|wearing a hat", "orange"),
    (("一只橙色的猫", "加一顶帽子", "换成狗", "两只"), "two|dogs|wearing a hat", "cat|cats"),
    (("I want to see a beach", "at sunset"), "beach|at sunset", ""),
    (("an orange kitten in a garden with flowers", "make it blue", "remove the flowers"), "blue kitten|garden",
    "orange|flowers"),
    (("a kitten", "add a hat", "make the hat red", "in the snow"), "kitten|wearing a red hat|in the snow", ""),
    (("an orange kitten", "instead a dog", "two of them"), "two|dogs", "kitten|kittens"),
    (("一只猫", "在沙滩上", "把猫换成老虎", "让它睡觉"), "tiger|sleeping on the beach", "cat"),
    (("a dog", "I want it blue"), "blue dog", ""),
    (("一只兔子", "加两只松鼠", "换成森林", "变成冬天", "去掉松鼠"), "rabbit|in the forest|in winter", "squirrel|squirrels"),
    (("a cat in a garden", "change the garden to a beach", "change the cat to a penguin"), "penguin|on the beach",
    "cat|garden"),
    (("a cat", "thanks", "make it orange"), "orange cat", "thanks"),
    (("一只小鸟", "谢谢", "换成红色的"), "red|bird", ""),
    (("a house", "a red car"), "red car", "house"),
)  # fmt: skip

HELD_OUT: tuple[Wish, ...] = (
    (("四只白色的天鹅在湖面上游泳",), "four|white swans|swimming|lake", ""),
    (("一位老奶奶坐在壁炉旁织围巾",), "old woman|sitting|fireplace|knitting a scarf", ""),
    (("雪山下的蒸汽火车",), "steam train|snowy mountains", ""),
    (("背着书包的小刺猬",), "little|hedgehog|carrying a schoolbag", ""),
    (("一个穿黄色雨衣的小朋友在水坑里跳",), "child|wearing a yellow raincoat|jumping", ""),
    (("街头弹吉他的音乐家",), "musician|playing the guitar|street", ""),
    (("秋天的枫叶和一条小路",), "maple leaves|path|in autumn", ""),
    (("十二个彩色气球",), "twelve|colorful balloons", ""),
    (("給我畫兩隻在森林裡跳舞的鹿",), "two|deer|dancing|forest", ""),
    (("油画:海边的向日葵",), "sunflower|seaside|oil painting", ""),
    (("机器人和恐龙下棋",), "robot and a dinosaur|playing chess", ""),
    (("紫色的花海中有一座白色的风车",), "purple|sea of flowers|white windmill", ""),
    (("a mermaid combing her hair on a rock",), "mermaid|combing her hair|rock", ""),
    (("seven tiny mice carrying a huge cheese across a bridge",),
    "seven|tiny mice|carrying a huge cheese|across a bridge", ""),
    (("an astronaut who is planting a green flag on the moon",), "astronaut|planting a green flag|on the moon",
    "who|is"),
    (("Could you please paint a sleepy koala hugging a eucalyptus tree?",), "sleepy koala|hugging a eucalyptus tree",
    "paint|could|please"),
    (("a steaming cup of green tea next to an open book",), "cup of|green tea|next to|open book", ""),
    (("an old red truck full of pumpkins, autumn, oil painting",), "old red truck|pumpkins|autumn|oil painting", ""),
    (("grandma's cozy kitchen with a black cat under the table",), "cozy kitchen|black cat|table", ""),
    (("a snow leopard", "sitting on a cliff", "make it night", "add a moon"),
    "snow leopard|sitting on a cliff|night|moon", ""),
    (("two rabbits in a field", "make them brown", "three rabbits", "it is raining"), "three|rabbits|rain", "two"),
    (("a boy with a kite", "change the kite to a balloon", "make the balloon yellow"), "boy|yellow balloon", "kite"),
    (("一只小狗在公园里", "给它戴上墨镜", "把公园改成海滩", "再加一个冲浪板"), "puppy|wearing sunglasses|beach|surfboard", "park"),
    (("画一座城堡", "下雪的时候", "不要雪了", "改成日出"), "castle|at sunrise", "in falling snow|in the snow"),
    (("一只红色的狐狸", "换成白色的", "在月亮下面", "再来一张"), "white fox|under the moon", "red"),
    (("三只猫", "五只", "都戴着帽子", "画成水彩"), "five|cats|wearing a hat|watercolor", "three"),
)  # fmt: skip

TALK: tuple[str, ...] = (
    "你好", "hello", "who are you", "你是谁", "谢谢", "what can you do?", "how are you?", "再见", "讲个笑话", "1+1?",
    "1+1等于几?", "tell me a joke", "你会画什么", "bye", "", "   ", "???", "what is your name?", "ok", "好的", "在吗", "Hi there!",
)  # fmt: skip

TALK_HELD_OUT: tuple[str, ...] = (
    "good morning", "晚上好", "what's the weather like today?", "你几岁了?", "今天天气怎么样", "are you a human?",
    "thank you so much!",
    "太棒了!", "Why is the sky blue?", "你喜欢猫吗?", "do you speak Chinese?", "see you later",
)  # fmt: skip
